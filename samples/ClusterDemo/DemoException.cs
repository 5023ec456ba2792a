namespace ClusterDemo;

/// <summary>Thrown if the demo cannot start. The message says what to do about it.</summary>
internal sealed class DemoException(string message, Exception? inner = null) : Exception(message, inner);
