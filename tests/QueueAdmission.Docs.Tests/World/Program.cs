#pragma warning disable CA1050 // The entry point of an application is in no namespace.
/// <summary>The application that the page about testing tests.</summary>
public class Program;
#pragma warning restore CA1050
