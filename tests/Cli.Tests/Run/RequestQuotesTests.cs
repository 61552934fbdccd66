using Microsoft.Extensions.Logging;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli.Tests.Run;

public sealed class RequestQuotesTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("GET /ws", "GET /ws")]
    [InlineData("did you mean it?", "did you mean it?")]
    [InlineData("is it? or not?", "is it? or not?")]
    [InlineData("GET http://a/ws?token=x&y=?z - 101", "GET http://a/ws?… - 101")]
    [InlineData("'/ws?a=\tx'", "'/ws?…")]
    [InlineData("/a?b c /d?e", "/a?… c /d?…")]
    public void WithoutQueries_EndsAQueryAtASpace(string text, string expected) =>
        Assert.Equal(expected, RequestQuotes.WithoutQueries(text));

    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, true)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Error, false)]
    [InlineData("Microsoft.AspNetCore.HttpLogging.HttpLoggingMiddleware", LogLevel.Critical, true)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Debug, true)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Information, true)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Warning, false)]
    [InlineData("Microsoft.AspNetCore.Routing.EndpointMiddleware", LogLevel.Trace, false)]
    [InlineData("WsBalancer.Proxy", LogLevel.Trace, false)]
    public void IsWithheld_WhatQuotesRequests(string category, LogLevel level, bool expected) =>
        Assert.Equal(expected, RequestQuotes.IsWithheld(category, level));
}
