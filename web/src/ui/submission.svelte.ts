import { tick } from 'svelte'
import { Failure } from '../api/client'
import { reason } from '../api/reason'

/** A field of a form. */
export interface FormField {
  name: string
  label: string
  kind?: 'text' | 'email' | 'tel' | 'url' | 'password' | 'textarea' | 'select' | 'date' | 'number'
  autocomplete?: AutoFill
  optional?: boolean
  /** What stands there to begin with. */
  value?: string
  /** Of a select, each with what it is called. */
  options?: [string, string][]
  hint?: string
}

/** Sending what was typed into a form, and what the server says was wrong with it. */
export class Submission {
  /** By field. */
  errors = $state.raw<Record<string, string[]>>({})
  /** What is wrong with no field of the form. */
  problem = $state('')
  busy = $state(false)

  /** send gives the form's values to action and says whether it was done; where not, the focus is at the first field that is wrong. */
  async send(
    e: SubmitEvent,
    fields: FormField[],
    action: (values: Record<string, string>) => Promise<unknown>,
  ): Promise<boolean> {
    e.preventDefault()
    const form = e.currentTarget as HTMLFormElement
    const values = Object.fromEntries([...new FormData(form)].map(([k, v]) => [k, String(v)]))
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
