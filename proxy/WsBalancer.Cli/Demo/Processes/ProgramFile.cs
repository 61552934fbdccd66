namespace WsBalancer.Cli.Demo.Processes;

/// <summary>How to start one of our programs: the file, and the arguments that come before the program's own.</summary>
internal sealed record ProgramFile(string FileName, IReadOnlyList<string> Prefix)
{
    private const string SampleProject = "WsBalancer.BackendSample";

    public static ProgramFile FindBalancer() => Find([AppContext.BaseDirectory], CommandTree.Name, RunningHost());

    public static ProgramFile FindNode() => Find(NodeDirectories(AppContext.BaseDirectory), "ws-node", RunningHost());

    /// <summary>Beside this program when both are installed together, else in the build's artifacts.</summary>
    public static IReadOnlyList<string> NodeDirectories(string ours)
    {
        var directory = Path.TrimEndingDirectorySeparator(ours);
        var configuration = Path.GetFileName(directory);
        return [directory, Path.GetFullPath(Path.Combine(directory, "..", "..", SampleProject, configuration))];
    }

    /// <remarks>
    /// <paramref name="host"/> is the dotnet program that runs us, or null when we run as an executable of our own.
    /// </remarks>
    /// <exception cref="DemoFailure">No directory has the program.</exception>
    public static ProgramFile Find(IReadOnlyList<string> directories, string name, string? host)
    {
        // Its library tells whether the program is there: a build leaves executables without one beside their users.
        var libraries = directories.Select(directory => Path.Combine(directory, $"{name}.dll"));
        var library = libraries.FirstOrDefault(File.Exists) ?? throw Missing(directories, name);

        // The same host as ours: an executable would look for a .NET of its own, and might find none.
        var executable = Path.ChangeExtension(library, OperatingSystem.IsWindows() ? "exe" : null);
        return host is null && File.Exists(executable)
            ? new ProgramFile(executable, [])
            : new ProgramFile(host ?? "dotnet", [library]);
    }

    private static DemoFailure Missing(IReadOnlyList<string> directories, string name) => new(
        $"The program {name} is not there. Looked in: {string.Join(", ", directories)}. "
        + "'dotnet build' of the whole solution builds it.");

    private static string? RunningHost() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet" ? Environment.ProcessPath : null;
}
