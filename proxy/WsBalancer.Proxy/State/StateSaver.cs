using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

/// <summary>Saves what a store keeps, and remembers what has not been. Saves are made one at a time.</summary>
/// <param name="file">Where to; null for nowhere.</param>
/// <param name="logger">For a save that nobody waits for.</param>
internal sealed class StateSaver(StateFile? file, ILogger logger) : IDisposable
{
    private volatile bool _isUnsaved;
    private bool _isFailing;

    /// <summary>Whether there is something that has not been saved.</summary>
    public bool IsUnsaved => _isUnsaved;

    /// <summary>What was saved before; nothing without a file.</summary>
    /// <exception cref="StateFileException">It is there, and cannot be read.</exception>
    public StateFileContent Load() => file?.Load() ?? StateFileContent.Empty;

    /// <summary>Notes that something is to be saved.</summary>
    /// <returns>Whether there is a file to save it in.</returns>
    public bool Note()
    {
        _isUnsaved = file is not null;
        return file is not null;
    }

    /// <param name="content">What to save; called once nothing is noted any more.</param>
    /// <exception cref="StateFileException">It could not be saved.</exception>
    public Task SaveAsync(Func<StateFileContent> content) =>
        file is null ? Task.CompletedTask : Task.Run(() => Save(file, content));

    /// <summary>The same, but what cannot be saved now is saved later.</summary>
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
            _isFailing = false;
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

    // What is noted while the content is made is saved once more.
    private void Save(StateFile to, Func<StateFileContent> content)
    {
        _isUnsaved = false;
        try
        {
            to.Save(content());
        }
        catch (StateFileException)
        {
            _isUnsaved = true;
            throw;
        }
    }
}
