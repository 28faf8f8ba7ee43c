/** Unsigned times signed 8-bit saturates on processors without VNNI; these operators do it, whatever their types turn out to be. */
const EIGHT_BIT =
  /:(MatMulInteger|MatMulIntegerToFloat|DynamicQuantizeMatMul|ConvInteger|QLinearMatMul|QLinearConv|QGemm|QAttention|DynamicQuantizeLSTM)$/;

/** Whether an operator (`domain:Operator`) multiplies 8-bit integers. */
export function multipliesEightBit(operator: string): boolean {
  return EIGHT_BIT.test(operator);
}
