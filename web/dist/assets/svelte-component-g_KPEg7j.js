import{b as m,a2 as s}from"./i18n.svelte-BQV5XPh2.js";import{B as t}from"./branches-XOuLNUIS.js";function f(a,o,r){var e=new t(a);m(()=>{var n=o()??null;e.ensure(n,n&&(c=>r(c,n)))},s)}export{f as c};
