package account_test

import (
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/account"
)

func TestThreat_A20_CompanyNamesThatLookAlikeAreOne(t *testing.T) {
	acme := account.CompanyKey("Acme Corp")
	for _, same := range []string{
		"acme corp", "ACME CORP ", "  Acme \t Corp", "Ａｃｍｅ Ｃｏｒｐ", "Аcme Corp", "Acmе Соrр", "Ac\u200bme Corp",
		"\ufeffAcme Corp", "Acme\u00a0Corp", "Acme C\u03bfrp", "Ac\u00adme Corp",
	} {
		if got := account.CompanyKey(same); got != acme {
			t.Errorf("%q has the key %q, not %q", same, got, acme)
		}
	}
	for _, other := range []string{"Acme", "Acme Corp 2", "AcmeCorp", "Acmé Corp", "Ацме Корп"} {
		if account.CompanyKey(other) == acme {
			t.Errorf("%q is taken for Acme Corp", other)
		}
	}
	for _, nothing := range []string{"", " ", "\u200b", "\u3164", "\u2060\ufeff"} {
		if got := account.CompanyKey(nothing); got != "" {
			t.Errorf("%q has the key %q", nothing, got)
		}
	}
}

func TestThreat_I17_UsernamesAreComparedFolded(t *testing.T) {
	for a, b := range map[string]string{
		"Jane": "jane", "ﬁona": "FIONA", "Straße": "STRASSE", "①": "1",
		"Ｊane": "jane",
	} {
		if account.UsernameKey(a) != account.UsernameKey(b) {
			t.Errorf("%q and %q have other keys: %q, %q", a, b, account.UsernameKey(a), account.UsernameKey(b))
		}
	}
	if account.UsernameKey("zoe\u0301") != account.UsernameKey("ZO\u00c9") {
		t.Error("composed and decomposed names have other keys")
	}
}

func TestCheckUsername(t *testing.T) {
	for _, good := range []string{"jane", "jane.doe+x@example-1_", "Жанна", "安娜", "a"} {
		if m := account.CheckUsername(good); m != nil {
			t.Errorf("%q: %q", good, m)
		}
	}
	for _, bad := range []string{"", "jane doe", "jane!", "jane/doe", "ja\u200bne", "ja\u202ene", "<b>", "jane\n"} {
		if account.CheckUsername(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestThreat_I10_Addresses(t *testing.T) {
	for _, good := range []string{
		"jane@example.com", "j.d+tag@mail.example.co", "x@bücher.example",
		"o'neil@example.com",
	} {
		if m := account.CheckEmail(good); m != nil {
			t.Errorf("%q: %q", good, m)
		}
	}
	for _, bad := range []string{
		"", "jane", "jane@", "@example.com", "jane@example", "jane@example.c", "jane@@example.com", "ja ne@example.com",
		"jane@exa mple.com",
		`"v@x> ORCPT=x"@example.com`, "jane@example.com\r\nBcc: x@example.com", "jane.@example.com",
		".jane@example.com", "ja..ne@example.com",
		"jane@-example.com", "jane@example-.com", "jane@[127.0.0.1]", "jane@127.0.0.1", "Jane <jane@example.com>",
		"jane@example.com, x@example.com",
		strings.Repeat("x", 65) + "@example.com", "jane@" + strings.Repeat("x", 64) + ".com", "jane@ｅxample.com",
	} {
		if account.CheckEmail(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
