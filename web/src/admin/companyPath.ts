/** chosen is the company in the address; '' where there is none. */
export function chosen(query: URLSearchParams): string {
  return /^[1-9]\d*$/.exec(query.get('company') ?? '')?.[0] ?? ''
}

/** base is what is asked of the company in the address, by a path below it; null where there is none. */
export function base(query: URLSearchParams, rest: string, asked: (path: string) => string): string | null {
  const id = chosen(query)
  return id ? asked(`/api/operator/companies/${id}/${rest}`) : null
}
