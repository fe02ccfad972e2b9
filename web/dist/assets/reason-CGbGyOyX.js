import{o as t}from"./i18n.svelte-go644sBE.js";import{F as o}from"./client-Cw8eGygs.js";function s(r){if(!(r instanceof o))throw r;return r.status===0?t("unreachable"):r.sentence}export{s as r};
