export function expandBreakpoints(css: string): string
