using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace QueueAdmission.Benchmarks.Compare;

/// <summary>
/// A benchmark class with one value of its parameter. The class has the same attributes as for BenchmarkDotNet.
/// </summary>
internal sealed class Question : IDisposable
{
    private readonly object _instance;

    private Question(Type type, string name, PropertyInfo? parameter, object? value)
    {
        Name = name;
        _instance = Activator.CreateInstance(type)!;
        parameter?.SetValue(_instance, value);
        Invoke<GlobalSetupAttribute>();
        Contenders = [.. type.GetMethods()
            .Where(method => method.IsDefined(typeof(BenchmarkAttribute)))
            .Select(ToContender)];
    }

    public string Name { get; }

    public IReadOnlyList<Contender> Contenders { get; }

    /// <summary>Returns the question, or one question for each value of its parameter.</summary>
    public static IEnumerable<(string Name, Func<Question> Open)> Of(Type type)
    {
        var parameter = type.GetProperties().SingleOrDefault(property => property.IsDefined(typeof(ParamsAttribute)));
        if (parameter is null)
            return [(type.Name, () => new Question(type, type.Name, null, null))];
        return parameter.GetCustomAttribute<ParamsAttribute>()!.Values.Select(value =>
        {
            var name = $"{type.Name}({value})";
            return (name, (Func<Question>)(() => new Question(type, name, parameter, value)));
        });
    }

    public void Dispose() => Invoke<GlobalCleanupAttribute>();

    private Contender ToContender(MethodInfo method)
    {
        var benchmark = method.GetCustomAttribute<BenchmarkAttribute>()!;
        var call = ToCall(method);
        return new Contender(
            benchmark.Description ?? method.Name, benchmark.OperationsPerInvoke,
            method.ReturnType.IsAssignableTo(typeof(Task)) || method.ReturnType == typeof(void), call);
    }

    private Func<object?> ToCall(MethodInfo method)
    {
        if (method.ReturnType.IsAssignableTo(typeof(Task)))
        {
            var task = method.CreateDelegate<Func<Task>>(_instance);
            return () =>
            {
                task().GetAwaiter().GetResult();
                return null;
            };
        }
        if (method.ReturnType == typeof(void))
        {
            var action = method.CreateDelegate<Action>(_instance);
            return () =>
            {
                action();
                return null;
            };
        }
        return () => method.Invoke(_instance, null);
    }

    private void Invoke<TAttribute>()
        where TAttribute : Attribute =>
        _instance.GetType().GetMethods()
            .SingleOrDefault(method => method.IsDefined(typeof(TAttribute)))?.Invoke(_instance, null);
}
