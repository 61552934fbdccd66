using System.Net.Mime;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin;

/// <summary>The parts of the OpenAPI document that are not generated from the calls of the API.</summary>
internal static class ApiDocument
{
    private const string Scheme = "token";
    private const string Monitoring = "Monitoring";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Status", "Whether users are served, and what the balancer depends on."),
        ("Clusters", "Clusters, their nodes, and where users belong."),
        ("Nodes", "Adds, removes and weighs nodes at run time."),
        ("Drain", "Takes nodes out of service, at a pace."),
        ("Rebalance", "Brings users home who are at another node."),
        ("Blend", "Moves users from one ring to another, a share at a time."),
        ("Tunnels", "Open tunnels, and their end."),
        ("Events", "What has happened, and what happens."),
        ("Configuration", "The configuration file."),
        (Monitoring, "For probes and scrapers. No token is needed."),
    ];

    public static void Complete(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "WsBalancer admin API",
            Description = "Shows, plans and changes the fleet of a balancer while it runs.",
            Version = ProductVersion.Text,
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        foreach (var server in document.Servers ?? [])
        {
            server.Url = server.Url?.TrimEnd('/');
        }

        document.Tags = Tags
            .Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description })
            .ToHashSet();
        AddSecurity(document);
        AddMonitoring(document);
        return Task.CompletedTask;
    });

    private static void AddSecurity(OpenApiDocument document)
    {
        document.AddComponent(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A token of WsBalancer:Admin. One with the right view is good for calls that change nothing. "
                + "None is needed while no token is configured.",
        });
        document.Security =
            [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
    }

    private static void AddMonitoring(OpenApiDocument document)
    {
        Add(document, "/livez", "isAlive", "Whether the process serves this port.", MediaTypeNames.Text.Plain);
        Add(
            document,
            "/readyz",
            "isReady",
            "Whether this balancer should receive clients. With the query 'verbose', each part as JSON.",
            MediaTypeNames.Text.Plain,
            ("503", "The balancer starts or stops, or a cluster has fewer nodes than it must have."));
        Add(document, "/metrics", "readMetrics", "The metrics, for Prometheus.", MediaTypeNames.Text.Plain);
    }

    private static void Add(
        OpenApiDocument document,
        string path,
        string id,
        string summary,
        string mediaType,
        params (string Status, string Means)[] more)
    {
        var answers = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "OK",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [mediaType] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
            },
            ["400"] = new OpenApiResponse { Description = "No token is configured, and the Host is no loopback name." },
        };
        foreach (var (status, means) in more)
        {
            answers[status] = new OpenApiResponse { Description = means };
        }

        document.Paths[path] = new OpenApiPathItem
        {
            Operations = new Dictionary<HttpMethod, OpenApiOperation>
            {
                [HttpMethod.Get] = new()
                {
                    OperationId = id,
                    Summary = summary,
                    Tags = new HashSet<OpenApiTagReference> { new(Monitoring, document) },
                    Security = [],
                    Responses = answers,
                },
            },
        };
    }
}
