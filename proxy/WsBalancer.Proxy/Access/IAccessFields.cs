namespace WsBalancer.Proxy.Access;

/// <summary>Writes the fields of a line, one after the other. A field without a value is null.</summary>
internal interface IAccessFields
{
    public void Text(string name, string? value);

    public void Number(string name, long? value);

    public void Flag(string name, bool? value);

    public void Milliseconds(string name, TimeSpan? value);
}
