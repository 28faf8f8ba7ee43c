// The rules of `npm run protocol:lint`: solhint's recommended ones, with a reason beside each that is off.
module.exports = {
  extends: 'solhint:recommended',
  rules: {
    'compiler-version': ['error', '^0.8.28'],
    'func-visibility': ['error', { ignoreConstructors: true }],
    'func-name-mixedcase': 'error',
    'function-max-lines': ['error', 50],
    'gas-custom-errors': 'error',

    // Three places, each with a gas measurement in its comment or in `gas/`: hashing and the memory of a claim's entries.
    'no-inline-assembly': 'off',
    // NatSpec stands in the interfaces; the rule asks for it again on every function, private ones too, with an author.
    'use-natspec': 'off',
    // What is indexed is what an index or a client filters by: ids and parties. An amount that is indexed costs more, not less.
    'gas-indexed-events': 'off',
    // `<=` reads as the rule it states. Rewriting it as `< x + 1` saves 3 gas and can overflow.
    'gas-strict-inequalities': 'off',
    // The optimiser makes `i++` and `++i` the same code where the value is not used.
    'gas-increment-by-one': 'off',
    // These strings are EIP-712 types, hashed by the compiler; none is in the code of a contract.
    'gas-small-strings': 'off',
    // Two structs: a signed one, whose order is the signature's, and the constructor's arguments, which are never stored.
    'gas-struct-packing': 'off',
  },
};
