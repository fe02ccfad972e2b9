/**
 * browserZone returns the time zone of the browser. It returns UTC for a zone that nothing can use: Chromium reports
 * Etc/Unknown on a machine that has none.
 */
export function browserZone(reported: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  if (!reported || reported === 'Etc/Unknown') return 'UTC'
  try {
    return new Intl.DateTimeFormat('en', { timeZone: reported }).resolvedOptions().timeZone
  } catch {
    return 'UTC'
  }
}
