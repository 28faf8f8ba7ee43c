/**
 * ONNX Runtime 1.30 wraps FP16 in Node 24's Float16Array, which its native half then reads as empty ("not enough space:
 * expected 6, got 0"). Where the class does not exist it uses Uint16Array, which works. It looks when the first tensor
 * is made, so importing this first is enough; only inference children do.
 */
Reflect.deleteProperty(globalThis, 'Float16Array');
