namespace WsBalancer.Cli.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete -o default -F _wsbalancer wsbalancer")]
    [InlineData("zsh", "compdef _wsbalancer wsbalancer")]
    [InlineData("fish", "complete -c wsbalancer")]
    public async Task Completion_IsAScriptOfTheShell(string shell, string line)
    {
        var run = await Executable.RunAsync(["completion", shell]);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_KnowsTheNodesOfTheBalancer()
    {
        await using var stub = await StubBalancer.WithChatAsync();

        var run = await Executable.RunAsync(["[suggest:17]", "wsbalancer drain "], ("WSBALANCER_ADMIN", stub.Address));

        Assert.Contains("ws-1", run.Output.Split('\n'));
        Assert.Contains("ws-2", run.Output.Split('\n'));
    }

    [Fact]
    public async Task Completion_InBash_CompletesCommandsAndNodes()
    {
        await using var stub = await StubBalancer.WithChatAsync();
        const string Script = """
            wsbalancer() { "$PROGRAM" "$@"; }
            eval "$(wsbalancer completion bash)"
            try() {
                COMP_LINE="$1" COMP_POINT=${#1} COMP_WORDS=($1 $2) COMP_CWORD=$3
                _wsbalancer
                echo "${COMPREPLY[*]}"
            }
            try "wsbalancer unco" "" 1
            try "wsbalancer drain ws-" "" 2
            """;

        var run = await Executable.ShellAsync(
            Script, ("PROGRAM", Executable.Path), ("WSBALANCER_ADMIN", stub.Address));

        Assert.Equal(["uncordon", "ws-1", "ws-2"], run.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Completion_InBash_RunsNothingThatTheBalancerSends()
    {
        await using var stub = await StubBalancer.StartAsync();
        stub.With(Documents.Clusters, Documents.Chat.Replace("\"ws-1\"", "\"$(echo run)\"", StringComparison.Ordinal));
        const string Script = """
            wsbalancer() { "$PROGRAM" "$@"; }
            eval "$(wsbalancer completion bash)"
            COMP_LINE="wsbalancer drain " COMP_POINT=17 COMP_WORDS=(wsbalancer drain "") COMP_CWORD=2
            _wsbalancer
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        var run = await Executable.ShellAsync(
            Script, ("PROGRAM", Executable.Path), ("WSBALANCER_ADMIN", stub.Address));

        Assert.Contains("ws-2", run.Split('\n'));
        Assert.DoesNotContain("run", run, StringComparison.Ordinal);
    }
}
