// Virtual scrolling: of thousands of rows only those near the visible part are drawn. All rows have the same height.

/** How many rows are drawn above and below the visible part. */
const overscan = 8

export class VirtualRows {
  /** The scrolling element, and its state as it reports it. */
  scroller = $state<HTMLElement>()
  top = $state(0)
  height = $state(800)

  constructor(
    private readonly count: () => number,
    readonly rowHeight: () => number,
    private readonly headHeight: number,
  ) {}

  readonly from = $derived.by(() =>
    Math.max(0, Math.min(this.count() - 1, Math.floor(this.top / this.rowHeight()) - overscan)),
  )
  readonly to = $derived.by(() =>
    Math.min(this.count(), Math.ceil((this.top + this.height) / this.rowHeight()) + overscan),
  )

  /** How many rows Page Up and Page Down move. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / this.rowHeight()) - 2)
  }

  /** reveal scrolls just far enough that a row is visible below the head. */
  reveal(index: number): void {
    const s = this.scroller
    if (!s) return
    const y = index * this.rowHeight()
    const bottom = y + this.rowHeight() + this.headHeight
    if (y < s.scrollTop) s.scrollTop = y
    else if (bottom > s.scrollTop + s.clientHeight) s.scrollTop = bottom - s.clientHeight
    this.top = s.scrollTop
  }
}
