using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.Faults.Tests.Soak;

/// <summary>
/// One of the users of a soak: connects, echoes, disconnects in one of many ways, and connects again.
/// </summary>
internal sealed class SoakUser(Balancer balancer, string name, int seed, SoakCounts counts)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

#pragma warning disable CA5394 // Random numbers of a test, with a seed, so that a run can be repeated.
    private readonly Random _random = new(seed);
    private int _echoes;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await balancer.SendRequest(name);
                if (client.Response.Status == 101)
                {
                    await StayAsync(client, stop);
                }
                else
                {
                    counts.Refused(client.Response.Status);
                    await PauseAsync(Retry, stop);
                }
            }
            catch (Exception lost) when (lost is IOException or SocketException)
            {
                // Expected: the node was killed, or an operation ended the tunnel.
                counts.Lost();
                await PauseAsync(Retry, stop);
            }
            catch (OperationCanceledException)
            {
                counts.Silent();
            }
        }
    }

    private async Task StayAsync(RawClient client, CancellationToken stop)
    {
        counts.Connected(await client.ReadWelcome(name));
        client.Wire.ReadTimeout = TimeSpan.FromSeconds(30);
        for (var left = _random.Next(1, 20); left > 0 && !stop.IsCancellationRequested; left--)
        {
            await PauseAsync(TimeSpan.FromSeconds(1 + (3 * _random.NextDouble())), stop);
            var text = $$"""{"type":"echo","data":"{{name}}-{{_echoes++}}-{{new string('x', _random.Next(2_000))}}"}""";
            await client.Send(Frame.Text(text));
            var frame = await client.Read();
            if (frame.Opcode == Opcode.Close)
            {
                counts.Closed(frame.CloseCode);
                await client.Send(Frame.Close(frame.CloseCode ?? 1000));
                return;
            }

            counts.Echoed(frame.PayloadText == text);
        }

        await LeaveAsync(client);
    }

    private async Task LeaveAsync(RawClient client)
    {
        switch (_random.Next(6))
        {
            case 0:
                client.Wire.Reset();
                break;
            case 1:
                client.Wire.HalfClose();
                break;
            case 2:
                // Disconnects in the middle of a frame.
                await client.Wire.Send(Frame.Text("cut in half").Masked().ToBytes().AsMemory(0, 7));
                break;
            default:
                await client.Close();
                break;
        }
    }
#pragma warning restore CA5394

    private static async Task PauseAsync(TimeSpan pause, CancellationToken stop) =>
        await Task.Delay(pause, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
