using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using WsBalancer.Proxy.Admin;
using WsBalancer.Proxy.Admin.Listening;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

[UnsupportedOSPlatform("windows")]
public sealed class AdminSocketTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsb-");

    private string SocketFile => Path.Combine(_folder.FullName, "admin.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Socket_IsServed_ForOwnerAndGroup_UntilTheStop()
    {
        await using var app = await StartAsync();

        Assert.Equal($"unix:{SocketFile}", app.AdminUrl);
        Assert.Equal(Mode, File.GetUnixFileMode(SocketFile));
        Assert.Equal([SocketFile], Directory.EnumerateFiles(_folder.FullName));
        Assert.StartsWith("HTTP/1.1 200", await SendAsync("/api/v1/clusters", "localhost"), StringComparison.Ordinal);
        await app.StopAsync();
        Assert.Empty(Directory.EnumerateFiles(_folder.FullName));
    }

    // A page in a browser cannot connect to a Unix socket, whatever its name is.
    [Fact]
    public async Task Host_IsNotChecked()
    {
        await using var app = await StartAsync();

        Assert.StartsWith("HTTP/1.1 200", await SendAsync("/api/v1/clusters", "lb.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_IsRequiredHere_Too()
    {
        await using var app = await StartAsync(("WsBalancer:Admin:Token", "secret"));

        Assert.StartsWith("HTTP/1.1 401", await SendAsync("/api/v1/clusters", "localhost"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionThatSendsNothing_IsClosed()
    {
        await using var app = await StartAsync();
        using var client = await ConnectAsync();
        var end = client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();

        await Deadline.Until("the connection is closed", () =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(10));
            return end.IsCompleted;
        });

        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task ConnectionsAboveTheMost_AreRefused()
    {
        await using var app = await StartAsync(("WsBalancer:Admin:MaxConnections", "1"));
        using var first = await ConnectAsync();
        await first.SendAsync(
            "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await first.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken);

        // The refusal does not wait for a request: a client that writes may find the connection closed.
        using var second = await ConnectAsync();
        Assert.Contains("\"reason\":\"admin_connections\"", await ReadAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public void SocketThatAProcessLeft_IsReplaced()
    {
        Leave();

        using var socket = AdminSocket.Bind(SocketFile);

        Assert.Equal(Mode, File.GetUnixFileMode(SocketFile));
    }

    [Fact]
    public async Task SocketThatIsListenedOn_Stays()
    {
        await using var app = await StartAsync();

        var refused = Assert.Throws<IOException>(() => AdminSocket.Bind(SocketFile));

        Assert.Equal($"Failed to bind to unix:{SocketFile}: a process listens there.", refused.Message);
        Assert.StartsWith("HTTP/1.1 200", await SendAsync("/livez", "localhost"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnythingElse_Stays_AndIsAMistake(bool isFolder)
    {
        if (isFolder)
        {
            Directory.CreateDirectory(SocketFile);
        }
        else
        {
            File.WriteAllText(SocketFile, "");
        }

        Assert.Equal(
            $"WsBalancer:Admin:Url is 'unix:{SocketFile}': expected a path at which there is nothing but a socket",
            AdminSocket.MistakeIn(SocketFile)?.Message);
        Assert.Throws<IOException>(() => AdminSocket.Bind(SocketFile));
        Assert.True(Path.Exists(SocketFile));
    }

    [Fact]
    public void Path_ThatCannotBe_IsAMistake()
    {
        Leave();
        Assert.Null(AdminSocket.MistakeIn(SocketFile));
        Assert.EndsWith(
            "expected a path in a folder that exists",
            AdminSocket.MistakeIn("/nowhere/at/all/admin.sock")?.Message,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "expected a path of at most 106 bytes",
            AdminSocket.MistakeIn("/tmp/" + new string('x', 102))?.Message,
            StringComparison.Ordinal);
        Assert.Null(AdminSocket.MistakeIn("/tmp/" + new string('x', 101)));
    }

    [Fact]
    public void Name_OfTheBalancer_IsTheSameAfterARestart()
    {
        var options = new AdminOptions { Url = new Uri("unix:/run/a.sock") };

        string NameOf(string path) => BalancerName.Of(new StateOptions(), options.Url.Port, path).Id;

        Assert.Equal(NameOf("/run/a.sock"), NameOf("/run/a.sock"));
        Assert.NotEqual(NameOf("/run/a.sock"), NameOf("/run/b.sock"));
    }

    private async Task<BalancerApp> StartAsync(params (string Key, string Value)[] settings)
    {
        var app = BalancerApp.Build(settings.Aggregate(
            ChatSettings.OfNodes("ws-1").With("WsBalancer:Admin:Url", $"unix:{SocketFile}"),
            (all, setting) => all.With(setting.Key, setting.Value)));
        await app.StartAsync();
        return app;
    }

    // Leaves the socket's file behind, as a killed process does; the platform removes it when the socket is disposed
    // of.
    private void Leave()
    {
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(SocketFile + ".left"));
            left.Listen();
            File.Move(SocketFile + ".left", SocketFile);
        }

        Assert.True(File.Exists(SocketFile));
    }

    private async Task<Socket> ConnectAsync()
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(SocketFile), TestContext.Current.CancellationToken);
        return client;
    }

    private async Task<string> SendAsync(string target, string host)
    {
        using var client = await ConnectAsync();
        var request = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        await client.SendAsync(request, TestContext.Current.CancellationToken);
        return await ReadAsync(client);
    }

    private static async Task<string> ReadAsync(Socket client)
    {
        await using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
