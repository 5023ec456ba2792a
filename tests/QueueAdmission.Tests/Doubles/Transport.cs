namespace QueueAdmission.Doubles;

/// <summary>How a request reaches the application.</summary>
public enum Transport
{
    TestServer,
    Http1,
    Http2,
}
