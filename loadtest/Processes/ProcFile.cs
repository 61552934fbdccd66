namespace WsBalancer.LoadTest.Processes;

/// <summary>Reads files of processes and threads that may end meanwhile.</summary>
internal static class ProcFile
{
    /// <summary>The text; empty if what it is about is gone.</summary>
    public static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
