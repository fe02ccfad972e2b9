package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help returns the long help of the command.
func (completionCommand) Help() string {
	return `bash: add  source <(taskhouse completion bash)  to ~/.bashrc.
zsh: add  source <(taskhouse completion zsh)  to ~/.zshrc, after compinit.
fish: run  taskhouse completion fish > ~/.config/fish/completions/taskhouse.fish.`
}

// Run prints the script.
func (c completionCommand) Run(p *program) error {
	_, err := io.WriteString(p.stdout, completionScripts[c.Shell])
	return err
}

// completeCommand is the hidden command that the scripts call, with the words of the line up to the cursor.
const completeCommand = "__complete"

// completionScripts call the program for the candidates, so that they never become outdated.
var completionScripts = map[string]string{
	"bash": `_taskhouse() {
	local IFS=$'\n' line=("${COMP_WORDS[@]:1:COMP_CWORD}")
	# Readline splits at = and :, which leaves the value of a flag as a word of its own.
	COMPREPLY=($(taskhouse __complete "${line[@]}" 2>/dev/null | cut -f1))
	[[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
	return 0
}
complete -o default -F _taskhouse taskhouse
`,
	"zsh": `#compdef taskhouse
_taskhouse() {
	local -a found
	local line
	while IFS=$'\t' read -r line help; do
		[[ -n $line ]] && found+=("${line//:/\\:}:$help")
	done < <(taskhouse __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
	if (( ${#found} )); then
		_describe -V taskhouse found -S ''
	else
		_files
	fi
}
compdef _taskhouse taskhouse
`,
	"fish": `function __taskhouse_complete
	set -l line (commandline -opc) (commandline -ct)
	taskhouse __complete $line[2..-1] 2>/dev/null
end
complete -c taskhouse -f -a '(__taskhouse_complete)'
`,
}

// complete prints the candidates for the last word, one a line, followed by a tab and its help.
func complete(out io.Writer, root *kong.Node, words []string) {
	last := ""
	if len(words) > 0 {
		last, words = words[len(words)-1], words[:len(words)-1]
	}
	node := root
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			continue
		}
		if i := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == w }); i >= 0 {
			node = node.Children[i]
		}
	}
	show := func(word, help string) {
		if strings.HasPrefix(word, last) {
			_, _ = fmt.Fprintf(out, "%s\t%s\n", word, help)
		}
	}
	if name, _, value := strings.Cut(last, "="); value && strings.HasPrefix(name, "--") {
		for _, f := range flagsOf(node) {
			if "--"+f.Name == name && f.Enum != "" {
				for v := range strings.SplitSeq(f.Enum, ",") {
					show(name+"="+v, "")
				}
			}
		}
		return
	}
	if strings.HasPrefix(last, "-") {
		for _, f := range flagsOf(node) {
			word := "--" + f.Name
			if !f.IsBool() {
				word += "="
			}
			show(word, f.Help)
		}
		return
	}
	for _, n := range node.Children {
		if !n.Hidden {
			show(n.Name, n.Help)
		}
	}
	for _, v := range node.Positional {
		if v.Enum != "" {
			for word := range strings.SplitSeq(v.Enum, ",") {
				show(word, "")
			}
		}
	}
}

// flagsOf returns the flags of a command and of all commands above it.
func flagsOf(node *kong.Node) (all []*kong.Flag) {
	for n := node; n != nil; n = n.Parent {
		for _, f := range n.Flags {
			if !f.Hidden {
				all = append(all, f)
			}
		}
	}
	return all
}
