using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>
/// Saves the content of a store, and records whether changes are unsaved. The caller makes one save at a time.
/// </summary>
/// <param name="file">The file; null if nothing is saved.</param>
/// <param name="logger">For the failure of a save in the background.</param>
internal sealed class StateSaver(StateFile? file, ILogger logger) : IDisposable
{
    private volatile bool _isUnsaved;
    private bool _isFailing;

    /// <summary>Whether there are unsaved changes.</summary>
    public bool IsUnsaved => _isUnsaved;

    /// <summary>The content of the file; empty without one.</summary>
    /// <exception cref="StateFileException">The file cannot be read.</exception>
    public StateFileContent Load() => file?.Load() ?? StateFileContent.Empty;

    /// <summary>Notes an unsaved change.</summary>
    /// <returns>Whether there is a file to save it in.</returns>
    public bool Note()
    {
        _isUnsaved = file is not null;
        return file is not null;
    }

    /// <summary>Saves the content.</summary>
    /// <param name="content">
    /// Reads the content when the save begins, so that all changes noted before are in it.
    /// </param>
    /// <exception cref="StateFileException">The content could not be saved.</exception>
    public Task SaveAsync(Func<StateFileContent> content) =>
        file is null ? Task.CompletedTask : Task.Run(() => Save(file, content));

    /// <summary>Saves the content if that is possible; otherwise logs it, and the changes remain unsaved.</summary>
    public Task SaveIfPossibleAsync(Func<StateFileContent> content) =>
        file is null ? Task.CompletedTask : Task.Run(() => SaveIfPossible(content));

    /// <inheritdoc cref="SaveIfPossibleAsync"/>
    public void SaveIfPossible(Func<StateFileContent> content)
    {
        if (file is null)
        {
            return;
        }

        try
        {
            Save(file, content);
        }
        catch (StateFileException ex)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                StateLog.NotSaved(logger, ex.Message);
            }
        }
    }

    public void Dispose() => file?.Dispose();

    // A change that is noted while the content is read is saved once more.
    private void Save(StateFile to, Func<StateFileContent> content)
    {
        _isUnsaved = false;
        try
        {
            to.Save(content());
            _isFailing = false;
        }
        catch (StateFileException)
        {
            _isUnsaved = true;
            throw;
        }
    }
}
