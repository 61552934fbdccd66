namespace WsBalancer.Proxy.Tunnels.Native;

internal sealed partial class NativeLeg
{
    /// <summary>The tunnel is over: sends what is unsent, then FIN, and is closed when its peer ends too.</summary>
    public void Leave()
    {
        _leaving = true;
        if (_abandoned && _socket.Unsent > 0)
        {
            // It had its time.
            _socket.Reset();
        }
        else if (!IsGone)
        {
            _socket.Finish();
            CloseIfDone();
        }

        if (!IsGone && !_ended)
        {
            // To hear of its end; what else it says is dropped.
            _socket.Receive();
        }
    }

    /// <summary>Its peer had time enough to end.</summary>
    public void GiveUp() => _socket.Reset();

    private void CloseIfDone()
    {
        if (_ended && _socket.Unsent == 0)
        {
            _socket.Close();
            _flow.Left();
        }
    }
}
