using System.Runtime.Serialization;

namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>The calls for which a token is valid.</summary>
internal enum AdminRight
{
    /// <summary>Calls that change nothing.</summary>
    [EnumMember(Value = "view")]
    View,

    /// <summary>Every call.</summary>
    [EnumMember(Value = "operate")]
    Operate,
}

/// <summary>The names of the rights in the configuration and in answers.</summary>
internal static class AdminRightLabel
{
    public static string Of(AdminRight right) => right switch
    {
        AdminRight.View => "view",
        AdminRight.Operate => "operate",
        _ => throw new ArgumentOutOfRangeException(nameof(right), right, "No name is published for this right."),
    };
}
