import{b as s}from"./i18n.svelte-NOm96rA6.js";import{B as c}from"./if-B2VnDggR.js";const m=Symbol("NaN");function f(a,o,e){var n=new c(a);s(()=>{var r=o();r!==r&&(r=m),n.ensure(r,e)})}export{f as k};
