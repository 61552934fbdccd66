namespace WsBalancer.LoadTest.Compare;

/// <summary>Reads files of processes and threads that may end during the read.</summary>
internal static class ProcFile
{
    /// <summary>The text; empty if the process or the thread has ended.</summary>
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
