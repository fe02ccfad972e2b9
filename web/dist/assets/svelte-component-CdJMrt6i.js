import{b as m,aa as s}from"./i18n.svelte-NOm96rA6.js";import{B as t}from"./if-B2VnDggR.js";function f(n,o,r){var e=new t(n);m(()=>{var a=o()??null;e.ensure(a,a&&(c=>r(c,a)))},s)}export{f as c};
