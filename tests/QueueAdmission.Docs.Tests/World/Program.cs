#pragma warning disable CA1050 // The entry point of an application is in no namespace.
/// <summary>The application under test in the fragments of the page about testing.</summary>
public class Program;
#pragma warning restore CA1050
