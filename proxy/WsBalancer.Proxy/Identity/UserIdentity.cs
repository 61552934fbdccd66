namespace WsBalancer.Proxy.Identity;

/// <summary>How the users of a cluster are told apart: <see cref="IdentityOptions"/>, ready for use.</summary>
/// <param name="Key">Finds the user id of a request.</param>
/// <param name="OnMissing">What becomes of a request without one.</param>
/// <param name="Cookie">The cookie that is issued then; null unless cookies are.</param>
internal sealed record UserIdentity(UserKey Key, OnMissingUserKey OnMissing, IssuedUserCookie? Cookie);
