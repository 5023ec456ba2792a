namespace WebDemo;

internal static class RacePage
{
    public static IResult Show() => Results.Text("soon");
}
