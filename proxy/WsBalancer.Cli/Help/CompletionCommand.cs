using System.CommandLine;

namespace WsBalancer.Cli.Help;

/// <summary>
/// <c>wsbalancer completion SHELL</c>: prints a shell script that gets its suggestions, the ids of nodes among them,
/// from the <c>[suggest]</c> directive of the program.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # wsbalancer completion bash > /etc/bash_completion.d/wsbalancer
        _wsbalancer() {
            local word="${COMP_WORDS[COMP_CWORD]}" one
            COMPREPLY=()
            while IFS= read -r one; do
                [[ $one == "$word"* ]] && COMPREPLY+=("$one")
            done < <(wsbalancer "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
        }
        complete -o default -F _wsbalancer wsbalancer
        """;

    private const string Zsh = """
        #compdef wsbalancer
        # wsbalancer completion zsh > "${fpath[1]}/_wsbalancer"
        _wsbalancer() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a found
            found=("${(@f)$(wsbalancer "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -a found || _files
        }
        if [ "$funcstack[1]" = _wsbalancer ]; then _wsbalancer "$@"; else compdef _wsbalancer wsbalancer; fi
        """;

    private const string Fish = """
        # wsbalancer completion fish > ~/.config/fish/completions/wsbalancer.fish
        function __wsbalancer
            set -l line (commandline -cp)
            wsbalancer "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c wsbalancer -a '(__wsbalancer)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that completes commands, options and nodes") { shell };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command;
    }
}
