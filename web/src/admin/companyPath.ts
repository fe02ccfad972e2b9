/** selectedCompany returns the id of the company in the address, or '' for none. */
export function selectedCompany(query: URLSearchParams): string {
  return /^[1-9]\d*$/.exec(query.get('company') ?? '')?.[0] ?? ''
}

/** companyPath builds an API path below the company in the address. It returns null without a company. */
export function companyPath(query: URLSearchParams, rest: string, list: (path: string) => string): string | null {
  const id = selectedCompany(query)
  return id ? list(`/api/operator/companies/${id}/${rest}`) : null
}
