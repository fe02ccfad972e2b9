// The scales of charts.

/** ticks returns whole round numbers from 0 up to at least `most`, in four steps or fewer. */
export function ticks(most: number): number[] {
  const rough = Math.max(1, most) / 4
  const ten = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * ten).find((s) => s >= rough) ?? 1)
  return Array.from({ length: Math.ceil(Math.max(1, most) / step) + 1 }, (_, i) => i * step)
}

/** labelled returns which of n days show their date: the last one, and others at even distances before it. */
export function labelled(n: number, width: number): Set<number> {
  const every = Math.max(1, Math.ceil((n * 64) / Math.max(64, width)))
  const out = new Set<number>()
  for (let i = n - 1; i >= 0; i -= every) out.add(i)
  return out
}
