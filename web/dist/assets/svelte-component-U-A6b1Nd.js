import{b as m,a3 as s}from"./i18n.svelte-BBIfaCvg.js";import{B as t}from"./branches-90T36yEX.js";function f(a,o,r){var e=new t(a);m(()=>{var n=o()??null;e.ensure(n,n&&(c=>r(c,n)))},s)}export{f as c};
