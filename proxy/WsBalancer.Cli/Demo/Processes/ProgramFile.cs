namespace WsBalancer.Cli.Demo.Processes;

/// <summary>The command line of one of our programs: the file, and the arguments before those of the program.</summary>
internal sealed record ProgramFile(string FileName, IReadOnlyList<string> Prefix)
{
    private const string SampleProject = "WsBalancer.BackendSample";

    public static ProgramFile FindBalancer() => Find([AppContext.BaseDirectory], Product.Name, RunningHost());

    public static ProgramFile FindNode() => Find(NodeDirectories(AppContext.BaseDirectory), "ws-node", RunningHost());

    /// <summary>
    /// The directories of the sample node: that of this program if both are installed together, or that of the build.
    /// </summary>
    public static IReadOnlyList<string> NodeDirectories(string ours)
    {
        var directory = Path.TrimEndingDirectorySeparator(ours);
        var configuration = Path.GetFileName(directory);
        return [directory, Path.GetFullPath(Path.Combine(directory, "..", "..", SampleProject, configuration))];
    }

    /// <remarks>
    /// <paramref name="host"/> is the dotnet program that runs this process; null if the process is an executable of
    /// its own.
    /// </remarks>
    /// <exception cref="DemoFailure">No directory has the program.</exception>
    public static ProgramFile Find(IReadOnlyList<string> directories, string name, string? host)
    {
        // The library shows whether the program is there: a build leaves executables without their library in the
        // directories of other programs that use them.
        var libraries = directories.Select(directory => Path.Combine(directory, $"{name}.dll"));
        var library = libraries.FirstOrDefault(File.Exists) ?? throw Missing(directories, name);

        // The program runs on the host of this process: an executable would search for an installed .NET, and might not
        // find one.
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
