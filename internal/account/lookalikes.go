package account

import "strings"

// besideLatin maps small Greek letters that look like another Latin letter than their capitals do. In a name with Latin
// letters they become the letters that they look like. In a Greek name they follow their capitals, or the key would
// depend on the name's case.
var besideLatin = strings.NewReplacer("η", "n", "ν", "v", "υ", "u")

// lunate maps the sigma in the shape of a c, which folding would turn into an ordinary sigma.
var lunate = strings.NewReplacer("ϲ", "c", "Ϲ", "c")

// latinLike returns the Latin letter that a folded letter, or its capital, looks like.
func latinLike(r rune) rune {
	if latin, ok := lookAlikes[r]; ok {
		return latin
	}
	return r
}

// lookAlikes is written in pairs: a folded letter, and the Latin letter that it or its capital looks like.
var lookAlikes = pairs(
	// Latin
	"ıi ƅb ƍg ƽs ǀl ɑa ɡg ɣy ɩi ɪi ɯw ʀr ʋu ʏy ʝj ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ɴn ᴏo ᴑo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ʙb ɢg ʜh ʟl "+
		"ᶃg ᶌy ẝf ỿy ꜰf ꜱs ꞙf ꞟu ꞵb ꬲe ꬵf ꬽo ꭇr ꭈr ꭎu ꭒu ꭓx ꭚy",
	// Greek
	"αa βb γy εe ζz ηh ιi κk μm νn οo ρp σo τt υy χx ϝf ϳj ϻm ᴦr",
	// Cyrillic
	"аa вb гr еe кk мm нh оo рp сc тt уy хx ьb ѕs іi јj ѡw ѵv үy ұy һh ҽe ӏl ԁd ԍg ԛq ԝw ꙇi ꙅs",
	// Armenian
	"աw գq զq հh ոn ռn սu տs ցg քf օo",
	// Coptic
	"ⲃb ⲅr ⲉe ⲍz ⲏh ⲓi ⲕk ⲙm ⲛn ⲟo ⲣp ⲥc ⲧt ⲩy ⲭx ⳑl",
	// Cherokee
	"ᎠdᎡrᎢtᎥiᎩyᎪaᎫjᎬeᎱrᎳwᎷmᎻhᎽyᏀgᏂhᏃzᏏbᏒrᏔwᏕsᏙvᏚsᏞlᏟcᏢpᏦkᏧdᏳgᏴb",
	// Lisu
	"ꓐbꓑpꓒdꓓdꓔtꓖgꓗkꓙjꓚcꓜzꓝfꓟmꓠnꓡlꓢsꓣrꓦvꓧhꓪwꓫxꓬyꓮaꓰeꓲlꓳoꓴu",
)

func pairs(lists ...string) map[rune]rune {
	m := make(map[rune]rune)
	for _, list := range lists {
		runes := []rune(strings.ReplaceAll(list, " ", ""))
		for i := 0; i+1 < len(runes); i += 2 {
			m[runes[i]] = runes[i+1]
		}
	}
	return m
}
