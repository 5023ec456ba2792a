namespace QueueAdmission.Doubles;

/// <summary>The transport of a request to the application.</summary>
public enum Transport
{
    TestServer,
    Http1,
    Http2,
}
