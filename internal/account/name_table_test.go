package account_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/taskhouse/taskhouse/internal/account"
)

const (
	badUsername  = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."
	longUsername = "Ensure this field has no more than 150 characters."
	badEmail     = "Enter a valid email address."
	longEmail    = "Ensure this field has no more than 254 characters."
	blankName    = "This field may not be blank."
)

func TestThreat_I17_Usernames(t *testing.T) {
	for _, c := range []struct {
		name, username string
		want           []string
	}{
		{"plain", "john_doe", nil},
		{"all the signs", "j.o+h-n_d@e", nil},
		{"digits", "12345", nil},
		{"one letter", "a", nil},
		{"German", "jörg", nil},
		{"Cyrillic", "Иван", nil},
		{"Chinese", "王小明", nil},
		{"Arabic, right to left", "محمد", nil},
		{"Arabic digits", "علي١٢", nil},
		{"a superscript, a number to Unicode", "x²", nil},
		{"a letter outside of the first plane", "𐐷a", nil},
		{"150 characters", strings.Repeat("ü", 150), nil},
		{"150 characters of four bytes", strings.Repeat("𠀀", 150), nil},
		{"151 characters", strings.Repeat("ü", 151), []string{longUsername}},
		{"151 wrong characters", strings.Repeat("!", 151), []string{badUsername, longUsername}},
		{"200 emoji", strings.Repeat("😀", 200), []string{badUsername, longUsername}},
		{"empty", "", []string{blankName}},
		{"a blank", "john doe", []string{badUsername}},
		{"a blank at the end", "john ", []string{badUsername}},
		{"a line break at the end", "john\n", []string{badUsername}},
		{"NUL", "jo\x00hn", []string{badUsername}},
		{"a slash", "john/doe", []string{badUsername}},
		{"markup", "<b>john</b>", []string{badUsername}},
		{"a quote", "o'neil", []string{badUsername}},
		{"a decomposed letter, as in Django", "jo\u0308rg", []string{badUsername}},
		{"a zero-width space", "jo\u200bhn", []string{badUsername}},
		{"a zero-width joiner", "jo\u200dhn", []string{badUsername}},
		{"a right-to-left override", "nhoj\u202e", []string{badUsername}},
		{"a soft hyphen", "jo\u00adhn", []string{badUsername}},
		{"a byte order mark", "\ufeffjohn", []string{badUsername}},
		{"a Hangul filler, a letter that shows nothing", "john\u3164", []string{badUsername}},
		{"only Hangul fillers", "\u3164\u115f\uffa0", []string{badUsername}},
		{"a no-break space", "john\u00a0doe", []string{badUsername}},
		{"invalid UTF-8", "john\xff", []string{badUsername}},
		{"the replacement character", "john\ufffd", []string{badUsername}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, account.CheckUsername(c.username)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestThreat_I17_UsernameKeys(t *testing.T) {
	for _, same := range [][]string{
		{"john", "John", "JOHN", "ｊｏｈｎ", "ＪＯＨＮ", "jo\u200bhn", "\ufeffjohn", "john\u3164", "john\ufe0f", "𝒿ℴ𝒽𝓃"},
		{"jörg", "JÖRG", "jo\u0308rg", "Jo\u0308rg"},
		{"straße", "STRASSE", "strasse", "STRAẞE"},
		{"ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς", "ὀδυσσεύσ"},
		{"file", "ﬁle"},
		{"x2", "x²"},
		{
			"\u03b1\u0345\u0301", "\u1fb4", "\u1fb3\u0301", "\u03b1\u0345\u034f\u0301",
			"\u0391\u0301\u0345",
		}, // an iota below and an accent
		{"ᏓᎾ", "ꮣꮎ"}, // Cherokee
	} {
		for _, s := range same {
			if account.UsernameKey(s) != account.UsernameKey(same[0]) {
				t.Errorf("%q and %q have keys %q and %q", s, same[0], account.UsernameKey(s),
					account.UsernameKey(same[0]))
			}
		}
	}
	for _, different := range [][2]string{
		{"john", "jon"}, {"jörg", "jorg"}, {"john", "j0hn"}, {"иван", "ivan"}, {"a.b", "ab"}, {"a+b", "a"},
	} {
		if account.UsernameKey(different[0]) == account.UsernameKey(different[1]) {
			t.Errorf("%q and %q are one", different[0], different[1])
		}
	}
}

// A key is its own key, or a name found by its key would be another one; and capitals never matter.
func TestKeysAreStable(t *testing.T) {
	for r := rune(0); r < 0xe1000; r++ {
		if r >= 0x3400 && r < 0xa000 || r >= 0xac00 && r < 0xf900 || r >= 0x20000 && r < 0xe0000 {
			continue // ideographs, Hangul, surrogates, private use: nothing that folds
		}
		texts := []string{string(r)}
		if r < 0x600 || r >= 0x1e00 && r < 0x2000 { // the scripts with capitals and marks
			texts = append(texts, "a"+string(r)+"\u0345", string(r)+"\u0301\u0323")
		}
		for _, s := range texts {
			key := account.UsernameKey(s)
			if again := account.UsernameKey(key); again != key {
				t.Fatalf("%U: key %+q has key %+q", r, key, again)
			}
		}
		key := account.CompanyKey(string(r))
		if again := account.CompanyKey(key); again != key {
			t.Errorf("%U: company key %+q has key %+q", r, key, again)
		}
		upper := unicode.ToUpper(r)
		if a, b := account.UsernameKey(string(r)), account.UsernameKey(string(upper)); a != b &&
			unicode.ToLower(upper) == r {
			t.Errorf("%U: key %+q, in capitals %+q", r, a, b)
		}
	}
}

func TestThreat_A20_CompanyKeys(t *testing.T) {
	for _, same := range [][]string{
		{
			"acme", "Acme", "ACME", "ACME ", " acme", "\tacme\n", "ａｃｍｅ", "ＡＣＭＥ", "𝐚𝐜𝐦𝐞", "ⓐⓒⓜⓔ",
			"аcme", "асmе", "асме", "АСМЕ", "аСМе", // Cyrillic in part and in whole
			"αcme", "Αcme", "ΑϹΜΕ", "αϲme", // Greek
			"ac\u200bme", "acme\u200b", "\u200dacme", "a\u00adcme", "\ufeffacme", "ac\u2060me", "acme\u3164",
			"acme\ufe0f", "ac\u034fme",
			"\u202eacme", "acme \u200b", "acme\u2800", "acme\x00", "acm\u0435", "ᎪᏟᎷᎬ", "ꓮꓚꓟꓰ", "ᴀᴄᴍᴇ", "ɑcme",
		},
		{
			"acme corp", "Acme  Corp", "acme\u00a0corp", "acme\u3000corp", " acme\u2003\u2003corp ", "acme\ncorp",
			"аcmе cоrр",
		},
		{"bmw", "ВМW", "вмw", "ΒΜW"},
		{"hp", "НР", "нр", "ΗΡ", "ηρ"},
		{"nike", "ηike", "Νike", "ΝΙΚΕ"},
		{"nova", "Νova", "Nοvα"},
		{"voyage", "νoyage"},
		{"union", "υnion"},
		{"xerox", "ΧΕROΧ", "Χеrοх"},
		{"jpeg", "јрeg", "ϳpeg", "јреg"},
		{"naïve", "nai\u0308ve", "naїve", "NAÏVE"},
		{"istanbul", "ISTANBUL", "İstanbul", "ıstanbul", "İSTANBUL"},
		{"müller", "MÜLLER", "mu\u0308ller"},
		{"омск", "ОМСК", "Омск"},
		{"ηλιος", "ΗΛΙΟΣ", "Ηλιος"},
		{"straße", "STRASSE"},
	} {
		for _, s := range same {
			if account.CompanyKey(s) != account.CompanyKey(same[0]) {
				t.Errorf("%+q (%s) and %q have keys %+q and %+q", s, s, same[0], account.CompanyKey(s),
					account.CompanyKey(same[0]))
			}
		}
	}
	for _, different := range [][2]string{
		{"acme", "acne"},
		{"acme corp", "acmecorp"},
		{"acme", "acme 2"},
		{"müller", "muller"},
		{"room 10", "room lo"},
		{"modern", "modem"},
		{"nat", "hat"},
		{"王", "玉"},
		{"ørsted", "orsted"},
		{"שלום", "שלוט"},
		{"дом", "дым"},
		{"日本", "日本語"},
		{"a+b", "a-b"},
	} {
		if account.CompanyKey(different[0]) == account.CompanyKey(different[1]) {
			t.Errorf("%q and %q are one", different[0], different[1])
		}
	}
	for _, empty := range []string{"", " ", "\u200b", "\u3164", "\u2800\u2800", "\u00a0\u00ad", "\ufeff\n"} {
		if key := account.CompanyKey(empty); key != "" {
			t.Errorf("%+q shows nothing and has key %+q", empty, key)
		}
	}
}

func TestThreat_I10_EmailAddresses(t *testing.T) {
	label := strings.Repeat("d", 63)
	for _, c := range []struct {
		name, email string
		want        []string
	}{
		{"plain", "john@example.com", nil},
		{"all atom signs", "!#$%&'*+/=?^_`{|}~-@example.com", nil},
		{"dots and a tag", "john.q.doe+tasks@mail.example.co.uk", nil},
		{"capitals", "John@Example.COM", nil},
		{"localhost", "john@localhost", nil},
		{"a long top-level domain", "john@example.photography", nil},
		{"an old domain with hyphens", "john@r3---sn.example.com", nil},
		{"a domain of digits", "john@163.com", nil},
		{"German domain", "john@bücher.example", nil},
		{"the same, decomposed", "john@bu\u0308cher.example", nil},
		{"the same in ASCII", "john@xn--bcher-kva.example", nil},
		{"Chinese domain", "john@例子.测试", nil},
		{"ideographic full stop, as Chinese keyboards write it", "john@例子。测试", nil},
		{"Cyrillic domain", "john@пример.рф", nil},
		{"Arabic domain", "john@مثال.إختبار", nil},
		{"local part of 64", strings.Repeat("l", 64) + "@example.com", nil},
		{
			"254 characters",
			strings.Repeat("l", 63) + "@" + label + "." + label + "." + strings.Repeat("d", 59) + ".de",
			nil,
		},
		{"empty", "", []string{blankName}},
		{
			"255 characters",
			strings.Repeat("l", 64) + "@" + label + "." + label + "." + strings.Repeat("d", 59) + ".de",
			[]string{longEmail, badEmail},
		},
		{
			"320 characters", strings.Repeat("l", 64) + "@" + label + "." + label + "." + label + "." + label,
			[]string{longEmail, badEmail},
		},
		{"a megabyte", strings.Repeat("l", 1<<20) + "@example.com", []string{longEmail, badEmail}},
		{"a megabyte of domain", "a@" + strings.Repeat("ü", 1<<19), []string{longEmail, badEmail}},
		{"254 characters, longer in ASCII", "l@" + strings.Repeat("ü.", 125) + "de", []string{badEmail}},
		{"local part of 65", strings.Repeat("l", 65) + "@example.com", []string{badEmail}},
		{"label of 64", "john@" + label + "d.com", []string{badEmail}},
		{"no at", "john.example.com", []string{badEmail}},
		{"only an at", "@", []string{badEmail}},
		{"no local part", "@example.com", []string{badEmail}},
		{"no domain", "john@", []string{badEmail}},
		{"two ats", "john@doe@example.com", []string{badEmail}},
		{"one label", "john@example", []string{badEmail}},
		{"top-level domain of one letter", "john@example.c", []string{badEmail}},
		{"an address for a name", "john@127.0.0.11", []string{badEmail}},
		{"address literal", "john@[127.0.0.1]", []string{badEmail}},
		{"IPv6 literal", "john@[IPv6:::1]", []string{badEmail}},
		{"quoted", `"john doe"@example.com`, []string{badEmail}},
		{"quoted, an SMTP parameter", `"v@x> ORCPT=x"@example.com`, []string{badEmail}},
		{"quoted, empty", `""@example.com`, []string{badEmail}},
		{"a comment", "john(comment)@example.com", []string{badEmail}},
		{"a display name", "John <john@example.com>", []string{badEmail}},
		{"angle brackets", "<john@example.com>", []string{badEmail}},
		{"two addresses", "john@example.com,jane@example.com", []string{badEmail}},
		{"a route", "@a.example,@b.example:john@example.com", []string{badEmail}},
		{"a dot first", ".john@example.com", []string{badEmail}},
		{"a dot last", "john.@example.com", []string{badEmail}},
		{"two dots", "john..doe@example.com", []string{badEmail}},
		{"two dots in the domain", "john@example..com", []string{badEmail}},
		{"a dot after the domain", "john@example.com.", []string{badEmail}},
		{"a dot before the domain", "john@.example.com", []string{badEmail}},
		{"a hyphen first", "john@-example.com", []string{badEmail}},
		{"a hyphen last", "john@example-.com", []string{badEmail}},
		{"an underscore in the domain", "john@exam_ple.com", []string{badEmail}},
		{"a blank", "john doe@example.com", []string{badEmail}},
		{"a blank in the domain", "john@exam ple.com", []string{badEmail}},
		{"a line break", "john@example.com\r\nBcc: all@example.com", []string{badEmail}},
		{"a line break in the local part", "john\r\nBcc: x@example.com", []string{badEmail}},
		{"a line break at the end", "john@example.com\n", []string{badEmail}},
		{"NUL", "john\x00@example.com", []string{badEmail}},
		{"local part not ASCII", "jörg@example.com", []string{badEmail}},
		{"Kelvin sign for a K", "\u212aelvin@example.com", []string{badEmail}},
		{"full-width at", "john＠example.com", []string{badEmail}},
		{"full-width domain", "john@ｅｘample.com", []string{badEmail}},
		{"circled domain", "john@ⓔxample.com", []string{badEmail}},
		{"zero-width space in the domain", "john@exam\u200bple.com", []string{badEmail}},
		{"soft hyphen in the domain", "john@exam\u00adple.com", []string{badEmail}},
		{"right-to-left override", "john@exa\u202emoc.elp", []string{badEmail}},
		{"Cyrillic letter in a Latin domain", "john@ex\u0430mple.com", []string{badEmail}},
		{"the same in ASCII", "john@xn--exmple-4nf.com", []string{badEmail}},
		{"Greek letter in a Latin domain", "john@ex\u03b1mple.com", []string{badEmail}},
		{"broken punycode", "john@xn--a.com", []string{badEmail}},
		{"percent", "john@example%2ecom", []string{badEmail}},
		{"a fraction slash", "john@example.com\u2044x.org", []string{badEmail}},
		{"an emoji domain", "john@i❤.ws", []string{badEmail}},
		{"invalid UTF-8", "john@exam\xffple.com", []string{badEmail}},
		{"emoji local part", "😀@example.com", []string{badEmail}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, account.CheckEmail(c.email)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestEmailKeys(t *testing.T) {
	for _, same := range [][]string{
		{"john@example.com", "John@Example.COM", "john@ｅｘａｍｐｌｅ.com"},
		{
			"john@bücher.example", "john@BÜCHER.example", "john@xn--bcher-kva.example", "john@bu\u0308cher.example",
			"JOHN@XN--BCHER-KVA.EXAMPLE",
		},
		{"no address", "NO ADDRESS"},
	} {
		for _, s := range same {
			if account.EmailKey(s) != account.EmailKey(same[0]) {
				t.Errorf("%q and %q have keys %q and %q", s, same[0], account.EmailKey(s), account.EmailKey(same[0]))
			}
		}
	}
	for _, different := range [][2]string{
		{"john@example.com", "john@ex\u0430mple.com"},
		{"john@example.com", "jon@example.com"},
		{"j.ohn@example.com", "john@example.com"},
		{"john+a@example.com", "john@example.com"},
		{"john@a.example", "john@b.example"},
	} {
		if account.EmailKey(different[0]) == account.EmailKey(different[1]) {
			t.Errorf("%q and %q are one", different[0], different[1])
		}
	}
	if key := account.EmailKey("J@BÜCHER.example"); key != "j@xn--bcher-kva.example" {
		t.Errorf("key %q", key)
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{
		"john", "j@b.de", "a\u0345\u0301", "john@例子.测试", "İ\u200b", "xn--a@xn--b.xn--c",
		"\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if key := account.UsernameKey(s); account.UsernameKey(key) != key {
			t.Errorf("%+q: key %+q has key %+q", s, key, account.UsernameKey(key))
		}
		account.CompanyKey(s)
		if account.CheckUsername(s) == nil && account.UsernameKey(s) == "" {
			t.Errorf("%+q is a username without a key", s)
		}
		if account.CheckEmail(s) != nil {
			return
		}
		key := account.EmailKey(s)
		if account.CheckEmail(key) != nil || account.EmailKey(key) != key {
			t.Errorf("%+q is good, its key %+q is not", s, key)
		}
		if strings.ContainsAny(s, "\r\n\x00<>\"() ,;:\\") {
			t.Errorf("%+q is no address", s)
		}
	})
}

func BenchmarkCompanyKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		account.CompanyKey("Acme  Corporation Ltd")
	}
}
