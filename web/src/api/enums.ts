/**
 * allOf lists the values of a union of the API in the order given. A value that the API gains and the list lacks does
 * not compile.
 */
export function allOf<T extends string>(values: Record<T, true>): readonly T[] {
  return Object.keys(values) as T[]
}
