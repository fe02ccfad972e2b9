import { MediaQuery } from 'svelte/reactivity'

/** Whether the window is as narrow as a phone's: the width at which the style sheets, too, make another layout. */
export const narrow = new MediaQuery('max-width: 720px')
