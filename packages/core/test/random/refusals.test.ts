import {
  ArgumentError,
  kaimingNormal,
  kaimingUniform,
  manualSeed,
  normal,
  rand,
  randint,
  randn,
  randperm,
  ShapeError,
  uniform,
  xavierNormal,
  xavierUniform,
} from "@convfuse/core";
import { testRefusals, wrong } from "../../../../test/support/refusals.js";

testRefusals([
  [() => manualSeed(1.5), ArgumentError, "manualSeed: seed must be a whole number; got seed=1.5"],
  [
    () => manualSeed(2 ** 53),
    ArgumentError,
    "manualSeed: seed must be a whole number; got seed=9007199254740992",
  ],
  [() => manualSeed(wrong("0")), ArgumentError, 'manualSeed: seed must be a whole number; got seed="0"'],
  [
    () => rand([-1]),
    ArgumentError,
    "rand: every axis size must be a whole number, 0 or more; got shape=[-1]",
  ],
  [
    () => randn([0.5]),
    ArgumentError,
    "randn: every axis size must be a whole number, 0 or more; got shape=[0.5]",
  ],
  [() => randn(wrong(3)), ArgumentError, "randn: shape must be an array of axis sizes; got shape=3"],
  [
    () => uniform([2], 1, 0),
    ArgumentError,
    "uniform: from and to must be finite in float32, and to not below from; got from=1, to=0",
  ],
  [
    () => uniform([2], Number.NaN, 1),
    ArgumentError,
    "uniform: from and to must be finite in float32, and to not below from; got from=NaN, to=1",
  ],
  [
    () => uniform([2], 0, Number.POSITIVE_INFINITY),
    ArgumentError,
    "uniform: from and to must be finite in float32, and to not below from; got from=0, to=Infinity",
  ],
  [() => uniform(wrong("x")), ArgumentError, 'uniform: shape must be an array of axis sizes; got shape="x"'],
  [
    () => normal([2], 0, -1),
    ArgumentError,
    "normal: mean must be a number, and std a number of at least 0; got mean=0, std=-1",
  ],
  [
    () => normal([2], Number.NaN),
    ArgumentError,
    "normal: mean must be a number, and std a number of at least 0; got mean=NaN, std=1",
  ],
  [
    () => normal([-2]),
    ArgumentError,
    "normal: every axis size must be a whole number, 0 or more; got shape=[-2]",
  ],
  [
    () => randint(3, 3, [1]),
    ArgumentError,
    "randint: low and high must be whole numbers within +-2^24, low below high; got low=3, high=3",
  ],
  [
    () => randint(0, 2 ** 25, [1]),
    ArgumentError,
    "randint: low and high must be whole numbers within +-2^24, low below high; got low=0, high=33554432",
  ],
  [
    () => randint(0.5, 2, [1]),
    ArgumentError,
    "randint: low and high must be whole numbers within +-2^24, low below high; got low=0.5, high=2",
  ],
  [
    () => randint(0, 2, [-1]),
    ArgumentError,
    "randint: every axis size must be a whole number, 0 or more; got shape=[-1]",
  ],
  [() => randperm(-1), ArgumentError, "randperm: n must be a whole number from 0 to 2^24; got n=-1"],
  [() => randperm(1.5), ArgumentError, "randperm: n must be a whole number from 0 to 2^24; got n=1.5"],
  [
    () => kaimingUniform([3]),
    ShapeError,
    "kaimingUniform: shape must be [out, in / groups, ...], whole sizes without a 0; got shape=[3]",
  ],
  [
    () => kaimingUniform([2, 0]),
    ShapeError,
    "kaimingUniform: shape must be [out, in / groups, ...], whole sizes without a 0; got shape=[2,0]",
  ],
  [
    () => kaimingUniform(wrong(undefined)),
    ShapeError,
    "kaimingUniform: shape must be [out, in / groups, ...], whole sizes without a 0; got shape=undefined",
  ],
  [
    () => kaimingNormal([2, 3], { mode: wrong("fan") }),
    ArgumentError,
    'kaimingNormal: mode must be fan_in or fan_out; got mode="fan"',
  ],
  [
    () => kaimingNormal([2, 3], { nonlinearity: wrong("gelu") }),
    ArgumentError,
    'kaimingNormal: nonlinearity must be one of linear, conv2d, sigmoid, tanh, relu, leaky_relu, selu; got nonlinearity="gelu"',
  ],
  [
    () => kaimingNormal([2, 3], { a: Number.NaN }),
    ArgumentError,
    "kaimingNormal: a must be a number; got a=NaN",
  ],
  [
    () => xavierUniform([2, 3], -1),
    ArgumentError,
    "xavierUniform: gain must be a number of at least 0; got gain=-1",
  ],
  [
    () => xavierNormal([2]),
    ShapeError,
    "xavierNormal: shape must be [out, in / groups, ...], whole sizes without a 0; got shape=[2]",
  ],
  [
    () => xavierNormal([2, -3]),
    ShapeError,
    "xavierNormal: shape must be [out, in / groups, ...], whole sizes without a 0; got shape=[2,-3]",
  ],
  [
    () => xavierNormal([2.5, 3]),
    ShapeError,
    "xavierNormal: shape must be [out, in / groups, ...], whole sizes without a 0; got shape=[2.5,3]",
  ],
]);
