namespace WsBalancer.LoadTest.Report;

/// <summary>The file that <c>--json</c> specifies, if any.</summary>
internal static class ReportFile
{
    /// <summary>
    /// Writes the document. Returns false, and writes the reason to <paramref name="error"/>, if that fails.
    /// </summary>
    public static async Task<bool> WriteAsync(FileInfo? file, Func<string> document, TextWriter error)
    {
        try
        {
            if (file is not null)
            {
                await File.WriteAllTextAsync(file.FullName, document());
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The report could not be written to '{file}': {failure.Message}");
            return false;
        }
    }
}
