namespace WsBalancer.Proxy.Identity;

/// <summary>
/// How the users of a cluster are identified: the objects that <see cref="IdentityOptions"/> describes.
/// </summary>
/// <param name="Key">Finds the user id of a request.</param>
/// <param name="OnMissing">How a request without a user id is handled.</param>
/// <param name="Cookie">Issues the cookie for such a request; null unless cookies are issued.</param>
internal sealed record UserIdentity(UserKey Key, OnMissingUserKey OnMissing, IssuedUserCookie? Cookie);
