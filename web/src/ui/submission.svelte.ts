import { tick } from 'svelte'
import { Failure } from '../api/client'
import { reason } from '../api/reason'

/** FormField describes a control of a form. */
export interface FormField {
  name: string
  label: string
  kind?: 'text' | 'email' | 'tel' | 'url' | 'password' | 'textarea' | 'select' | 'date' | 'number' | 'checks'
  autocomplete?: AutoFill
  optional?: boolean
  /** The initial value. */
  value?: string
  /** For a select, and for checks, whose value is a list with commas: the values, each with its label. */
  options?: [string, string][]
  hint?: string
}

/** Submission sends a form and holds the errors that the server reports. */
export class Submission {
  /** By field name. */
  errors = $state.raw<Record<string, string[]>>({})
  /** An error that belongs to no field of the form. */
  problem = $state('')
  busy = $state(false)

  /** send calls action with the values of the form. It returns whether that succeeded, else it focuses the first field in error. */
  async send(
    e: SubmitEvent,
    fields: FormField[],
    action: (values: Record<string, string>) => Promise<unknown>,
  ): Promise<boolean> {
    e.preventDefault()
    const form = e.currentTarget as HTMLFormElement
    const data = new FormData(form)
    const values = Object.fromEntries([...data.keys()].map((k) => [k, data.getAll(k).map(String).join(',')]))
    this.busy = true
    this.errors = {}
    this.problem = ''
    try {
      await action(values)
      return true
    } catch (x) {
      if (!(x instanceof Failure)) throw x
      this.errors = x.errors
      this.problem = fields.some((f) => f.name in x.errors) ? '' : reason(x)
      await tick()
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
      return false
    } finally {
      this.busy = false
    }
  }
}
