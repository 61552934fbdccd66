namespace WsBalancer.LoadTest.Writing;

/// <summary>The file of <c>--json</c>, if one was asked for.</summary>
internal static class ReportFile
{
    /// <summary>False, and said why, if it could not be written.</summary>
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
